import { api, i18n, useQueryClient, useState } from '@portal/sdk'
import { Button, LinkButton, Notice, Panel, Problem } from '@portal/ui'
import { Plural, Trans, t } from '@portal/i18n'
import { ImportProblems } from './ImportProblems.jsx'
import { ImportSummary } from './ImportSummary.jsx'
import { useRefreshPeople } from './manage.js'

/**
 * How far an import is, and what comes next.
 * @param {{found: any, path: string, onClose: () => void}} props
 */
export function ImportResult({ found, path, onClose }) {
  const { name, state, rows, progress } = found
  const count = <Plural value={rows} one="# row" other="# rows" />
  return (
    <>
      {(state === 'checking' || state === 'importing') && (
        <Panel title={state === 'checking' ? t`Checking ${name}` : t`Importing ${name}`}>
          <Progress progress={progress} />
          <p className="help">{t`You can leave this page. The work goes on.`}</p>
        </Panel>
      )}
      {state === 'invalid' && <ImportProblems found={found} path={path} onClose={onClose} />}
      {state === 'ready' && (
        <Panel title={t`${name} can be imported`} count={count}>
          <ImportSummary summary={found.summary} />
          <Steps
            found={found}
            path={path}
            onClose={onClose}
            step="confirm"
            action={<ConfirmText found={found} />}
          />
        </Panel>
      )}
      {state === 'changed' && (
        <Panel title={t`The portal has changed since the check`}>
          <p>{t`People or roles have changed since ${name} was checked, so the changes would differ from those you saw. Nothing was written.`}</p>
          <Steps found={found} path={path} onClose={onClose} step="check" action={t`Check the file again`} />
        </Panel>
      )}
      {state === 'failed' && (
        <Panel title={t`That did not work`}>
          <Notice kind="error">{t`The portal had a problem with ${name}. Nothing was written. Maintainers find the reason in the log of the worker.`}</Notice>
          <Steps found={found} path={path} onClose={onClose} step="check" action={t`Check the file again`} />
        </Panel>
      )}
      {state === 'done' && (
        <Panel title={t`${name} was imported`} count={count}>
          <Notice kind="success">{t`All changes were saved.`}</Notice>
          <ImportSummary summary={found.summary} done />
          <div className="row">
            <LinkButton to="/manage-people" kind="primary">{t`All people`}</LinkButton>
            <Button onClick={onClose}>{t`Import another file`}</Button>
          </div>
        </Panel>
      )}
    </>
  )
}

/** @param {{found: any}} props */
function ConfirmText({ found: { summary } }) {
  const changes = summary.people.new + summary.people.changed + summary.roles.new + summary.roles.changed
  return <Plural value={changes} one="Import # change" other="Import # changes" />
}

/**
 * The buttons that go on with an import, and that discard it.
 * @param {{found: any, path: string, onClose: () => void, step: 'confirm' | 'check', action: import('react').ReactNode}} props
 */
function Steps({ found, path, onClose, step, action }) {
  const queries = useQueryClient()
  const refresh = useRefreshPeople()
  const [error, setError] = useState(/** @type {any} */ (null))
  const [isBusy, setBusy] = useState(false)

  async function go() {
    setBusy(true)
    setError(null)
    try {
      queries.setQueryData([path], await api(`${path}${step}/`, { method: 'POST' }))
      await refresh()
    } catch (failure) {
      // The request may have arrived although there was no answer. How far the import is, tells.
      setError(failure)
      await queries.invalidateQueries({ queryKey: [path] })
    } finally {
      setBusy(false)
    }
  }

  async function discard() {
    try {
      await api(path, { method: 'DELETE' })
      onClose()
    } catch (failure) {
      if (failure.status === 404) onClose()
      else setError(failure)
    }
  }

  return (
    <>
      {error && <Problem error={error} />}
      <div className="row">
        <Button kind="primary" busy={isBusy} onClick={go}>
          {action}
        </Button>
        {found.state !== 'importing' && <Button onClick={discard}>{t`Discard the file`}</Button>}
      </div>
    </>
  )
}

/** @param {{progress: {step: string, done: number, total: number} | null}} props */
function Progress({ progress }) {
  const steps = {
    Reading: t`Reading the rows`,
    Checking: t`Checking people and roles`,
    'Creating people': t`Creating people`,
    'Changing people': t`Changing people`,
    'Changing roles': t`Changing roles`,
    'Granting roles': t`Giving roles`,
  }
  const text = progress ? (steps[progress.step] ?? progress.step) : t`Waiting for the worker`
  return (
    <div role="status" className="stack">
      <p>
        {progress ? (
          <Trans>
            {text}: {i18n.number(progress.done)} of {i18n.number(progress.total)}
          </Trans>
        ) : (
          text
        )}
      </p>
      <progress aria-label={text} {...(progress ? { value: progress.done, max: progress.total } : {})} />
    </div>
  )
}
