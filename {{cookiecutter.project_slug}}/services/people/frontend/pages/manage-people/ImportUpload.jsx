import { useState } from '@portal/sdk'
import { Notice, Panel, Split } from '@portal/ui'
import { FileUpload } from '@portal/ui/upload'
import { Trans, t } from '@portal/i18n'
import { EXPORT, IMPORTS } from './manage.js'

const LARGEST = 5_000_000 // bytes; the API takes a little more

/**
 * Choose a file, which is uploaded and checked.
 * @param {{onStarted: (found: {id: number}) => void, isGone?: boolean}} props `isGone`: the import of the address no longer exists
 */
export function ImportUpload({ onStarted, isGone = false }) {
  const [updates, setUpdates] = useState(false)
  return (
    <Split>
      <Panel title={t`Choose a file`}>
        {isGone && <Notice>{t`This import no longer exists. Files are kept for a day.`}</Notice>}
        <label className="manage-check">
          <input type="checkbox" checked={updates} onChange={() => setUpdates(!updates)} />
          <span>
            {t`Also change people who exist already`}
            <span className="help">
              {t`Otherwise, a file that would change people who exist already is refused.`}
            </span>
          </span>
        </label>
        <FileUpload
          label={t`CSV file`}
          help={t`In UTF-8, at most 5 MB: about 60,000 rows. It is uploaded and checked as soon as you choose it.`}
          path={IMPORTS}
          data={{ updates: String(updates) }}
          accept=".csv,text/csv"
          maxBytes={LARGEST}
          onUploaded={onStarted}
        />
      </Panel>
      <Panel title={t`The format`}>
        <p>
          <Trans>
            One row for each role of a person, with the columns <code>username</code>, <code>email</code>,{' '}
            <code>display_name</code>, <code>role</code>, <code>start</code>, <code>end</code> and details
            such as <code>details.department</code>.
          </Trans>
        </p>
        <p>
          <Trans>
            <a href={EXPORT} download>
              The export
            </a>{' '}
            has the same format.
          </Trans>
        </p>
      </Panel>
    </Split>
  )
}
