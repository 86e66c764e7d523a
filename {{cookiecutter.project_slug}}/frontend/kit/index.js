// The module `@portal/ui`: components for pages. Their styles use the tokens of styles/tokens.css.
//
// All files of this folder form the chunk `kit`, which pages share. The shell loads it once the first page is shown, apart from the
// components that the shell uses itself. What only some pages need is in a subfolder, as a module of its own (see webpack.config.mjs).
import './more-icons.js'

export { Bars } from './Bars.jsx'
export { Button, LinkButton } from './Button.jsx'
export { Card } from './Card.jsx'
export { Chip } from './Chip.jsx'
export { EmptyState } from './EmptyState.jsx'
export { errorText } from './errorText.js'
export { ErrorBoundary } from './ErrorBoundary.jsx'
export { Field } from './Field.jsx'
export { FormControl } from './FormControl.jsx'
export { Icon } from './Icon.jsx'
export { Menu } from './Menu.jsx'
export { NotFound } from './NotFound.jsx'
export { Notice, Problem } from './Notice.jsx'
export { Page, usePageHeading } from './Page.jsx'
export { PageError } from './PageError.jsx'
export { Column, Panel, Panels, Split } from './Panel.jsx'
export { Row, Rows } from './Row.jsx'
export { SearchField } from './SearchField.jsx'
export { Skeleton } from './Skeleton.jsx'
export { Stop } from './Stop.jsx'
export { Tabs } from './Tabs.jsx'
export { Avatar, Tile } from './Tile.jsx'
export { Time } from './Time.jsx'
