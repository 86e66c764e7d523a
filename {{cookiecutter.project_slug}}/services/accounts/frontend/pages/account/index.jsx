import { t } from '@portal/i18n'
import { Navigate, Route, Routes, signInPath, useLocation, usePortal } from '@portal/sdk'
import { NotFound, Page } from '@portal/ui'
import { Reauthentication } from '../../forms/Reauthentication.jsx'
import '../../forms/forms.css'
import './account.css'
import { ConfirmEmail } from './ConfirmEmail.jsx'
import { Email } from './Email.jsx'
import { Password } from './Password.jsx'
import { Photo } from './Photo.jsx'
import { SecondFactor } from './SecondFactor.jsx'
import { SecondFactorRequired } from './SecondFactorRequired.jsx'
import { Sessions } from './Sessions.jsx'

export default function Account() {
  return (
    <Routes>
      <Route index element={<Overview />} />
      <Route path="email/confirm/:key?" element={<ConfirmEmail />} />
      <Route path="*" element={<NotFound />} />
    </Routes>
  )
}

function Overview() {
  const { person } = usePortal()
  const location = useLocation()
  if (!person) return <Navigate to={signInPath(location)} replace />
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
        <SecondFactorRequired />
        <Photo />
        <Email />
        <Password />
        <SecondFactor />
        <Sessions />
      </Page>
    </Reauthentication>
  )
}
