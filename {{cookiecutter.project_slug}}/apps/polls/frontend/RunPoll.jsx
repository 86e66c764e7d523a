import { api, useMutation, usePortal, useRefresh } from '@portal/sdk'
import { Button, Icon, Panel, Problem } from '@portal/ui'
import { confirm } from '@portal/ui/dialog'
import { FileUpload } from '@portal/ui/upload'
import { t } from '@portal/i18n'
import { API } from './polls.js'

const LARGEST_DOCUMENT = 5 * 1024 * 1024 // bytes

/**
 * What the author and maintainers can do. The server decides about it again.
 * @param {{poll: import('./polls.js').Poll, path: string, onClosed: () => void}} props
 */
export function RunPoll({ poll, path, onClosed }) {
  const { person } = usePortal()
  const refresh = useRefresh(API)
  const closing = useMutation({
    mutationFn: () => api(`${path}close/`, { method: 'POST' }),
    onSuccess: onClosed,
    onSettled: refresh,
  })
  const removal = useMutation({
    mutationFn: () => api(`${path}document/`, { method: 'DELETE' }),
    onSuccess: refresh,
  })
  if (!poll.mine && !person?.roles.includes('maintainer')) return null

  async function close() {
    const agreed = await confirm({
      title: t`Close this poll?`,
      body: t`Nobody can vote after that, and it cannot be opened again. Its voters are told the result.`,
      action: t`Close the poll`,
      dangerous: true,
    })
    if (agreed) closing.mutate()
  }

  const author = poll.author?.display_name
  return (
    <Panel
      title={t`Run this poll`}
      footer={author ? t`Only for ${author} and maintainers` : t`Only for maintainers`}
    >
      <div className="row">
        {poll.open && (
          <Button busy={closing.isPending} onClick={close}>
            {t`Close now`}
          </Button>
        )}
        <a className="button" href={`${path}export/`} download>
          <Icon name="save" />
          {t`Export as CSV`}
        </a>
      </div>
      {closing.error && <Problem error={closing.error} />}
      <FileUpload
        label={t`Document to read before voting`}
        help={t`A PDF file`}
        path={`${path}document/`}
        method="PUT"
        accept="application/pdf"
        maxBytes={LARGEST_DOCUMENT}
        onUploaded={refresh}
      />
      {poll.document && (
        <Button kind="quiet" busy={removal.isPending} onClick={() => removal.mutate()}>
          {t`Remove the document`}
        </Button>
      )}
      {removal.error && <Problem error={removal.error} />}
    </Panel>
  )
}
