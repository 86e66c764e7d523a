import { Route, Routes } from '@portal/sdk'
import { NotFound } from '@portal/ui'
import { EntryPage } from './EntryPage.jsx'
import { ListPage } from './ListPage.jsx'

/** The pages of this app: /{{ app_name }} and /{{ app_name }}/7. */
export default function AppPage() {
  return (
    <Routes>
      <Route index element={<ListPage />} />
      <Route path=":id" element={<EntryPage />} />
      <Route path="*" element={<NotFound />} />
    </Routes>
  )
}
