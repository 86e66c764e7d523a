import { Route, Routes } from '@portal/sdk'
import { NotFound } from '@portal/ui'
import { OverviewPage } from './OverviewPage.jsx'
import './overview.css'

export default function Overview() {
  return (
    <Routes>
      <Route index element={<OverviewPage />} />
      <Route path="*" element={<NotFound />} />
    </Routes>
  )
}
