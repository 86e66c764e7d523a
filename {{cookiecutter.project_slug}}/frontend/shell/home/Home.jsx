import './home.css'
import { usePortal } from '../../sdk/portal.js'
import { Dashboard } from './Dashboard.jsx'
import { Welcome } from './Welcome.jsx'

/** The home page: what people open every morning, or what the portal is for visitors who have not signed in. */
export function Home() {
  return usePortal().person ? <Dashboard /> : <Welcome />
}
