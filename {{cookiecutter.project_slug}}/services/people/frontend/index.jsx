import { Route, Routes } from '@portal/sdk'
import { Directory } from './Directory.jsx'
import { Nobody, PersonPage } from './PersonPage.jsx'
import { PrivacySettings } from './PrivacySettings.jsx'
import './people.css'

export default function People() {
  return (
    <Routes>
      <Route index element={<Directory />} />
      <Route path="me" element={<PrivacySettings />} />
      <Route path=":id" element={<PersonPage />} />
      <Route path="*" element={<Nobody />} />
    </Routes>
  )
}
