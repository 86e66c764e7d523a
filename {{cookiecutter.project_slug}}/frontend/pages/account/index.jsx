import { t } from '@portal/i18n'
import { Navigate, Route, Routes, useLocation } from 'react-router'
import { Page } from '../../kit/index.js'
import { signInPath, usePortal } from '../../sdk/index.js'
import NotFound from '../not-found/index.jsx'
import { Reauthentication } from '../parts/Reauthentication.jsx'
import '../pages.css'
import './account.css'
import { ConfirmEmail } from './ConfirmEmail.jsx'
import { Email } from './Email.jsx'
import { Required } from './Required.jsx'
import { Password } from './Password.jsx'
import { Photo } from './Photo.jsx'
import { SecondFactor } from './SecondFactor.jsx'
import { Sessions } from './Sessions.jsx'

export default function Account() {
  return (
    <Routes>
      <Route index element={<Overview />} />
      <Route path="email/confirm/:key" element={<ConfirmEmail />} />
      <Route path="*" element={<NotFound />} />
    </Routes>
  )
}

function Overview() {
  const { person } = usePortal()
  const place = useLocation()
  if (!person) return <Navigate to={signInPath(place)} replace />
  return (
    <Reauthentication>
      <Page
        title={t`Your account`}
        lead={
          person.display_name && person.display_name !== person.username
            ? `${person.display_name} · ${person.username}`
            : person.username
        }
        narrow
      >
        <Required />
        <Photo />
        <Email />
        <Password />
        <SecondFactor />
        <Sessions />
      </Page>
    </Reauthentication>
  )
}
