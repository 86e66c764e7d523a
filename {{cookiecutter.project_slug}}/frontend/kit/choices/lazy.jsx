import { lazy } from 'react'
import { LazyField } from '../aria/LazyField.jsx'

/** Load the component before it is shown, for example when a dialog opens that has it only later. */
export const preloadComboBox = () => import(/* webpackChunkName: "choices" */ './ComboBox.jsx')

const Lazy = lazy(preloadComboBox)

/** A text field that offers choices while the person types. @type {typeof import('./ComboBox.jsx').default} */
export const ComboBox = (props) => <LazyField component={Lazy} props={props} />
