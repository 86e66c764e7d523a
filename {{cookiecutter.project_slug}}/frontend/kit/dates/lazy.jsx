import { lazy } from 'react'
import { LazyField } from '../aria/LazyField.jsx'

/** Load the component before it is shown, for example when a dialog opens that has it only later. */
export const preloadDateField = () => import(/* webpackChunkName: "dates" */ './DateField.jsx')

const Lazy = lazy(preloadDateField)

/** A field for a date, or for a date and a time in the portal's time zone. @type {typeof import('./DateField.jsx').default} */
export const DateField = (props) => <LazyField component={Lazy} props={props} />
