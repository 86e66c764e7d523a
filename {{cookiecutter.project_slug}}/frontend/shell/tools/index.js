// The lazy part of the shell that starts once the first page is painted: the menus of the header, the bell, the drawer, and what happens
// beside all pages.
import '../../kit/more-icons.js'

export { Background } from './Background.jsx'
export { Badge } from './Badge.jsx'
export { Connection } from './Connection.jsx'
export { Drawer } from './Drawer.jsx'
export { PinnedDialog } from './PinnedDialog.jsx'
export { Tools } from './Tools.jsx'
