import { t } from '@portal/i18n'
import { useQuery } from '@portal/sdk'
import { Column, Panel, Rows, Split } from '@portal/ui'
import { Activity } from './Activity.jsx'
import { AuthenticatorApp } from './AuthenticatorApp.jsx'
import { Connections } from './Connections.jsx'
import { Email } from './Email.jsx'
import { factorsQuery } from './factors.js'
import { Passkeys } from './Passkeys.jsx'
import { Password } from './Password.jsx'
import { RecoveryCodes } from './RecoveryCodes.jsx'
import { SecondFactorRequired } from './SecondFactorRequired.jsx'
import { Sessions } from './Sessions.jsx'
import { Tokens } from './Tokens.jsx'

/** What the person signs in with, and where they are signed in. */
export function Security() {
  const factors = useQuery(factorsQuery)
  return (
    <>
      <SecondFactorRequired />
      <Split kind="even">
        <Column>
          <Panel title={t`Signing in`}>
            <Rows>
              <Password />
              <Email />
              <AuthenticatorApp query={factors} />
              <RecoveryCodes query={factors} />
            </Rows>
          </Panel>
          <Passkeys query={factors} />
          <Tokens />
        </Column>
        <Column>
          <Sessions />
          <Connections />
          <Activity />
        </Column>
      </Split>
    </>
  )
}
