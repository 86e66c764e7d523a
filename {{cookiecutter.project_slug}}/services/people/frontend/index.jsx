import { Route, Routes } from '@portal/sdk'
import { Directory } from './Directory.jsx'
import { PrivacySettings } from './PrivacySettings.jsx'
import { ProfileNotFound, ProfilePage } from './ProfilePage.jsx'
import './people.css'

export default function People() {
  return (
    <Routes>
      <Route index element={<Directory />} />
      <Route path="me" element={<PrivacySettings />} />
      <Route path=":id" element={<ProfilePage />} />
      <Route path="*" element={<ProfileNotFound />} />
    </Routes>
  )
}
