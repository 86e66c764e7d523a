// The module `@portal/ui/dates`. Its component is a lazy chunk of its own: the page is shown before it has arrived.
export { DateField, preloadDateField } from './lazy.jsx'
