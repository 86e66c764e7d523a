import { I18nProvider } from '@lingui/react'
import { createRoot } from 'react-dom/client'
import { i18n } from '@portal/sdk'
import { t } from '@portal/i18n'
import { Button } from '../Button.jsx'
import { Dialog } from './Dialog.jsx'

/**
 * Ask a question in a dialog, and wait for the answer. Use it before what cannot be undone, and name the consequence:
 *
 *     if (await confirm({ title: t`Close the poll?`, body: t`Nobody can vote after that.`, action: t`Close the poll` })) close()
 * @param {object} question
 * @param {string} question.title
 * @param {import('react').ReactNode} [question.body] a text, which may have elements such as `<Trans>`, but no `<Link>`
 * @param {string} question.action the text of the button that does it
 * @param {string} [question.cancel] the text of the other button
 * @param {boolean} [question.dangerous] the action is red, and the focus starts on the other button
 * @returns {Promise<boolean>} whether the person chose the action
 */
export function confirm({ title, body, action, cancel = t`Cancel`, dangerous = false }) {
  return new Promise((resolve) => {
    const container = document.createElement('div')
    document.body.append(container)
    const root = createRoot(container)
    const answer = (agreed) => {
      root.unmount()
      container.remove()
      resolve(agreed)
    }
    root.render(
      <I18nProvider i18n={i18n}>
        <Dialog
          role="alertdialog"
          title={title}
          onClose={() => answer(false)}
          actions={
            <>
              <Button data-autofocus={dangerous || undefined} onClick={() => answer(false)}>
                {cancel}
              </Button>
              <Button
                kind={dangerous ? 'danger' : 'primary'}
                data-autofocus={!dangerous || undefined}
                onClick={() => answer(true)}
              >
                {action}
              </Button>
            </>
          }
        >
          {typeof body === 'string' ? <p>{body}</p> : body}
        </Dialog>
      </I18nProvider>,
    )
  })
}
