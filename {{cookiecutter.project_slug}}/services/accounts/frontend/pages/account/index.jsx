import { t } from '@portal/i18n'
import { Navigate, Route, Routes, signInPath, useEffect, useLocation, usePortal } from '@portal/sdk'
import { NotFound, Page, Tabs } from '@portal/ui'
import { Reauthentication } from '../../forms/Reauthentication.jsx'
import '../../forms/forms.css'
import './account.css'
import { ConfirmEmail } from './ConfirmEmail.jsx'
import { LanguageAndTheme } from './LanguageAndTheme.jsx'
import { Notifications } from './Notifications.jsx'
import { Profile } from './Profile.jsx'
import { Security } from './Security.jsx'

/** Who sees what of a person is a page of the directory. */
const PRIVACY = '/people/me'

export default function Account() {
  return (
    <Routes>
      <Route index element={<FirstTab />} />
      <Route path="email/confirm/:key?" element={<ConfirmEmail />} />
      <Route path="privacy" element={<Navigate to={PRIVACY} replace />} />
      <Route path=":tab" element={<Tab />} />
      <Route path="*" element={<NotFound />} />
    </Routes>
  )
}

/** Lead to the tab that is asked for: the one about notifications had an anchor in earlier releases. */
function FirstTab() {
  const { search, hash } = useLocation()
  const name =
    hash === '#notifications' ? 'notifications' : search.includes('second-factor=') ? 'security' : 'profile'
  return <Navigate to={`/account/${name}${search}`} replace />
}

function Tab() {
  const { person, apps, name: portalName } = usePortal()
  const location = useLocation()
  const hasDirectory = apps.some(({ name }) => name === 'people')
  const tabs = [
    { name: 'profile', title: t`Profile`, content: <Profile /> },
    ...(hasDirectory ? [{ name: 'privacy', to: PRIVACY, title: t`Privacy` }] : []),
    { name: 'security', title: t`Security`, content: <Security /> },
    { name: 'notifications', title: t`Notifications`, content: <Notifications /> },
    { name: 'language', title: t`Language and theme`, content: <LanguageAndTheme /> },
  ]
  const current = tabs.find(({ name }) => location.pathname.startsWith(`/account/${name}`))
  const title = current?.title
  useEffect(() => {
    if (title) document.title = `${title} · ${t`Account`} · ${portalName}`
  }, [title, portalName])

  if (!person) return <Navigate to={signInPath(location)} replace />
  if (!current) return <NotFound />
  return (
    <Reauthentication>
      <Page
        title={t`Account`}
        lead={
          person.display_name && person.display_name !== person.username
            ? `${person.display_name} · ${person.username}`
            : person.username
        }
        breadcrumbs={[]}
      >
        <Tabs
          label={t`Account`}
          items={tabs.map(({ name, to = `/account/${name}`, title: words }) => ({ to, title: words }))}
        />
        {current.content}
      </Page>
    </Reauthentication>
  )
}
