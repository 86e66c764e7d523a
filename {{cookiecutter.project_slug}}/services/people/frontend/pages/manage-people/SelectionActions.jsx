import { api, useState } from '@portal/sdk'
import { Button, Icon, errorText } from '@portal/ui'
import { confirm } from '@portal/ui/dialog'
import { toast } from '@portal/ui/toast'
import { plural, t } from '@portal/i18n'
import { EndRoleDialog } from './EndRoleDialog.jsx'
import { GrantRoleDialog } from './GrantRoleDialog.jsx'
import { MANAGE, nameList, useRefreshPeople } from './manage.js'

/**
 * What can be done with the selected people.
 * @param {{people: import('./manage.js').Person[], onDone: () => void}} props
 */
export function SelectionActions({ people, onDone }) {
  const [dialog, setDialog] = useState('')
  const changeActivity = useChangeActivity()
  const close = () => setDialog('')
  const finish = () => {
    close()
    onDone()
  }
  const someActive = people.some(({ is_active: isActive }) => isActive)
  return (
    <>
      <Button kind="primary" onClick={() => setDialog('grant')}>
        <Icon name="plus" />
        {t`Give a role`}
      </Button>
      {people.some(({ roles }) => roles.length > 0) && (
        <Button onClick={() => setDialog('end')}>{t`End a role`}</Button>
      )}
      <Button
        kind={someActive ? 'danger' : 'plain'}
        onClick={async () => (await changeActivity(people, !someActive)) && onDone()}
      >
        {someActive ? t`Deactivate` : t`Reactivate`}
      </Button>
      {dialog === 'grant' && <GrantRoleDialog people={people} onClose={close} onDone={finish} />}
      {dialog === 'end' && <EndRoleDialog people={people} onClose={close} onDone={finish} />}
    </>
  )
}

/** Return a function that asks, deactivates or reactivates people, and returns whether it did. */
export function useChangeActivity() {
  const refresh = useRefreshPeople()
  return async (/** @type {import('./manage.js').Person[]} */ people, /** @type {boolean} */ activate) => {
    const count = people.length
    const names = nameList(people)
    const agreed = await confirm(
      activate
        ? {
            title: plural(count, { one: 'Reactivate # person?', other: 'Reactivate # people?' }),
            body: t`${names}. They can sign in again.`,
            action: t`Reactivate`,
          }
        : {
            title: plural(count, { one: 'Deactivate # person?', other: 'Deactivate # people?' }),
            body: t`${names}. They are signed out everywhere, cannot sign in, and nobody sees their profile. Their roles and what they wrote stay.`,
            action: t`Deactivate`,
            dangerous: true,
          },
    )
    if (!agreed) return false
    try {
      const ids = people.map(({ id }) => id)
      const path = `${MANAGE}${activate ? 'reactivate' : 'deactivate'}/`
      const { changed } = await api(path, { body: { people: ids } })
      toast(
        activate
          ? plural(changed, { one: '# person reactivated', other: '# people reactivated' })
          : plural(changed, { one: '# person deactivated', other: '# people deactivated' }),
      )
      await refresh()
      return true
    } catch (error) {
      toast(messageOf(error), { kind: 'error' })
      return false
    }
  }
}

/** The messages of the API about single people, or what went wrong. */
export function messageOf(error) {
  const messages = (error?.problem?.errors ?? []).map(({ message }) => message)
  return messages.length > 0 ? messages.join(' ') : errorText(error)
}
