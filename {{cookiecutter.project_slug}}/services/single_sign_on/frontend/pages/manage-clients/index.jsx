import { Route, Routes } from '@portal/sdk'
import { NotFound } from '@portal/ui'
import './clients.css'
import { ClientList } from './ClientList.jsx'
import { ClientPage } from './ClientPage.jsx'
import { NewClient } from './NewClient.jsx'

/** The administration of clients, for maintainers. The API decides who that is, and the shell explains a refusal. */
export default function ManageClients() {
  return (
    <Routes>
      <Route index element={<ClientList />} />
      <Route path="new" element={<NewClient />} />
      <Route path=":id" element={<ClientPage />} />
      <Route path="*" element={<NotFound />} />
    </Routes>
  )
}
