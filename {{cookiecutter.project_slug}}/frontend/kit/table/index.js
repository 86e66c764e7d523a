// The module `@portal/ui/table`: only pages with a table load it.
import './table.css'

export { DataTable } from './DataTable.jsx'
