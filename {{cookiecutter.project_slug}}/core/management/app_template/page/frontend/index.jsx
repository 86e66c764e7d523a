import { Route, Routes, useApp } from '@portal/sdk'
import { LinkButton, NotFound, Page, Panel } from '@portal/ui'
import { t } from '@portal/i18n'

/** The pages of this app: /{{ app_name }} and /{{ app_name }}/about. */
export default function AppPage() {
  return (
    <Routes>
      <Route index element={<FirstPage />} />
      <Route path="about" element={<AboutPage />} />
      <Route path="*" element={<NotFound />} />
    </Routes>
  )
}

function FirstPage() {
  const { title, description } = useApp()
  return (
    <Page title={title} breadcrumbs={[]} lead={description} narrow>
      <Panel title={t`Welcome`} footer={<LinkButton to="about">{t`About`}</LinkButton>}>
        <p>{t`Replace this text by yours.`}</p>
      </Panel>
    </Page>
  )
}

function AboutPage() {
  const { title, description } = useApp()
  return (
    <Page title={t`About`} breadcrumbs={[{ title, to: '/{{ app_name }}' }]} narrow>
      <p>{description}</p>
    </Page>
  )
}
