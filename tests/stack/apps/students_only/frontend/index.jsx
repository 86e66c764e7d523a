import { api, useApp, useQuery } from '@portal/sdk'
import { Page } from '@portal/ui'

export default function StudentsOnly() {
  const { title } = useApp()
  const { data } = useQuery({
    queryKey: ['students_only'],
    queryFn: ({ signal }) => api('/api/students_only/', { signal }),
  })
  return (
    <Page title={title}>
      <p>{data?.text}</p>
    </Page>
  )
}
