import { api, useApp, useQuery, useSocket } from '@portal/sdk'
import { Page } from '@portal/ui'
import { t } from '@portal/i18n'

export default function Seminar() {
  const { title } = useApp()
  const { data } = useQuery({
    queryKey: ['seminar'],
    queryFn: ({ signal }) => api('/api/seminar/', { signal }),
  })
  const open = useSocket('/ws/seminar/', () => {})
  return (
    <Page title={title}>
      <p>{data?.said}</p>
      <p>{open ? t`It listens.` : t`It does not listen.`}</p>
    </Page>
  )
}
