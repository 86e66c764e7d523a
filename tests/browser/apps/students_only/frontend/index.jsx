import { api, useApp, useQuery, useSocket } from '@portal/sdk'
import { Page } from '@portal/ui'
import { t } from '@portal/i18n'

export default function StudentsOnly() {
  const { title } = useApp()
  const { data } = useQuery({
    queryKey: ['students_only'],
    queryFn: ({ signal }) => api('/api/students_only/', { signal }),
  })
  const isOpen = useSocket('/ws/students_only/', () => {})
  return (
    <Page title={title}>
      <p>{data?.text}</p>
      <p>{isOpen ? t`The socket is open.` : t`The socket is closed.`}</p>
    </Page>
  )
}
