import { api, useApp, useQuery, useSocket } from '@portal/sdk'
import { Page } from '@portal/ui'
import { t } from '@portal/words'

export default function Backstage() {
  const { title } = useApp()
  const { data } = useQuery({
    queryKey: ['backstage'],
    queryFn: ({ signal }) => api('/api/backstage/', { signal }),
  })
  const open = useSocket('/ws/backstage/', () => {})
  return (
    <Page title={title}>
      <p>{data?.said}</p>
      <p>{open ? t`It listens.` : t`It does not listen.`}</p>
    </Page>
  )
}
