// The module `@portal/ui/charts`: only pages with a line chart load it. `Bars` is in `@portal/ui`.
import './charts.css'

export { LineChart } from './LineChart.jsx'
