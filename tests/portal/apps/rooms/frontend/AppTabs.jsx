import { Tabs } from '@portal/ui'
import { t } from '@portal/i18n'

export function AppTabs() {
  return (
    <Tabs
      label={t`Rooms and bookings`}
      items={[
        { to: '/rooms', title: t`All rooms`, end: true },
        { to: '/rooms/mine', title: t`My bookings` },
      ]}
    />
  )
}
