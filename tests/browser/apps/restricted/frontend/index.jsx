import { api, useApp, useQuery, useSocket } from '@portal/sdk'
import { Page } from '@portal/ui'
import { t } from '@portal/i18n'

export default function Restricted() {
  const { title } = useApp()
  const { data } = useQuery({
    queryKey: ['restricted'],
    queryFn: ({ signal }) => api('/api/restricted/', { signal }),
  })
  const open = useSocket('/ws/restricted/', () => {})
  return (
    <Page title={title}>
      <p>{data?.said}</p>
      <p>{open ? t`It listens.` : t`It does not listen.`}</p>
    </Page>
  )
}
