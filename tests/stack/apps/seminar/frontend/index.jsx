import { api, useApp, useQuery } from '@portal/sdk'
import { Page } from '@portal/ui'

export default function Seminar() {
  const { title } = useApp()
  const { data } = useQuery({ queryKey: ['seminar'], queryFn: ({ signal }) => api('/api/seminar/', { signal }) })
  return (
    <Page title={title}>
      <p>{data?.text}</p>
    </Page>
  )
}
