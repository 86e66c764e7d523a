import { usePortal } from '@portal/sdk'
import { Page, Tabs } from '@portal/ui'
import { t } from '@portal/i18n'

/**
 * The frame of the account's tab "Privacy". The other tabs are pages of the service accounts, whose frame has the same tabs
 * (services/accounts/frontend/pages/account/index.jsx).
 * @param {{children: import('react').ReactNode}} props
 */
export function AccountFrame({ children }) {
  const { person } = usePortal()
  const tabs = [
    { to: '/account/profile', title: t`Profile` },
    { to: '/people/me', title: t`Privacy` },
    { to: '/account/security', title: t`Security` },
    { to: '/account/notifications', title: t`Notifications` },
    { to: '/account/language', title: t`Language and theme` },
  ]
  const displayName = person.display_name && person.display_name !== person.username && person.display_name
  return (
    <Page
      title={t`Account`}
      tab={`${t`Privacy`} · ${t`Account`}`}
      lead={displayName ? `${displayName} · ${person.username}` : person.username}
      breadcrumbs={[]}
    >
      <Tabs label={t`Account`} items={tabs} />
      {children}
    </Page>
  )
}
