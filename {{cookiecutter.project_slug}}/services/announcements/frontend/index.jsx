import { Route, Routes } from '@portal/sdk'
import { NotFound } from '@portal/ui'
import { AnnouncementList } from './AnnouncementList.jsx'
import { AnnouncementPage } from './AnnouncementPage.jsx'
import { Composer, Editor } from './Composer.jsx'
import { Overview } from './Overview.jsx'
import './announcements.css'

export default function Announcements() {
  return (
    <Routes>
      <Route index element={<AnnouncementList />} />
      <Route path="new" element={<Composer />} />
      <Route path="all" element={<Overview />} />
      <Route path=":id/edit" element={<Editor />} />
      <Route path=":id" element={<AnnouncementPage />} />
      <Route path="*" element={<NotFound />} />
    </Routes>
  )
}
