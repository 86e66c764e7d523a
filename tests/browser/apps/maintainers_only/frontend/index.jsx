import { api, useApp, useQuery, useSocket } from '@portal/sdk'
import { Page } from '@portal/ui'
import { t } from '@portal/i18n'

export default function MaintainersOnly() {
  const { title } = useApp()
  const { data } = useQuery({
    queryKey: ['maintainers_only'],
    queryFn: ({ signal }) => api('/api/maintainers_only/', { signal }),
  })
  const isOpen = useSocket('/ws/maintainers_only/', () => {})
  return (
    <Page title={title}>
      <p>{data?.text}</p>
      <p>{isOpen ? t`The socket is open.` : t`The socket is closed.`}</p>
    </Page>
  )
}
