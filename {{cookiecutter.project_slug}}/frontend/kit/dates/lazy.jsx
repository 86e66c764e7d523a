import { lazyField } from '../aria/LazyField.jsx'

const { LazyField, preload } = lazyField(() => import(/* webpackChunkName: "dates" */ './DateField.jsx'))

/** A field for a date, or for a date and a time in the portal's time zone. @type {typeof import('./DateField.jsx').default} */
export const DateField = LazyField

/** Load the component before it is shown, for example when a dialog opens that has it only later. */
export const preloadDateField = preload
