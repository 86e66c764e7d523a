// The module `@portal/ui/choices`. Its component is a lazy chunk of its own: the page is shown before it has arrived.
export { ComboBox, preloadComboBox } from './lazy.jsx'
