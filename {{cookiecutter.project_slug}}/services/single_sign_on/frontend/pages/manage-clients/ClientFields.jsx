import { Field } from '@portal/ui'
import { t } from '@portal/i18n'
import { CheckList } from './CheckList.jsx'

const OPENID = 'openid'
const ROLES = 'roles'
const MOST_CHARACTERS = { name: 100, address: 300 }

/** The values of a form for a new client. */
export const NEW_CLIENT = {
  kind: /** @type {import('./clients.js').Kind} */ ('web'),
  name: '',
  address: '',
  redirect_uris: '',
  post_logout_redirect_uris: '',
  scopes: [OPENID, 'profile', 'email'],
  rings: /** @type {string[]} */ ([]),
  roles: /** @type {string[]} */ ([]),
  details: /** @type {string[]} */ ([]),
  trusted: false,
}

/** The values of a form for a client: its URIs are lines of a text. @param {import('./clients.js').Client} client */
export const toValues = ({ kind, name, address, scopes, rings, roles, details, trusted, ...uris }) => ({
  ...{ kind, name, address, scopes, rings, roles, details, trusted },
  redirect_uris: uris.redirect_uris.join('\n'),
  post_logout_redirect_uris: uris.post_logout_redirect_uris.join('\n'),
})

/** What the API gets of the values of a form. Fields that the client's kind does not have are empty. @param {typeof NEW_CLIENT} values */
export function toFields({ kind, name, address, scopes, details, ...rest }) {
  const shared = { name, address, scopes: scopes.filter((scope) => isPossible(kind, scope)) }
  if (kind === 'machine')
    return {
      ...shared,
      ...{
        redirect_uris: [],
        post_logout_redirect_uris: [],
        rings: [],
        roles: [],
        details: [],
        trusted: false,
      },
    }
  return {
    ...shared,
    redirect_uris: lines(rest.redirect_uris),
    post_logout_redirect_uris: lines(rest.post_logout_redirect_uris),
    rings: rest.rings,
    roles: rest.roles,
    details: scopes.includes(ROLES) ? details : [],
    trusted: rest.trusted,
  }
}

/** @param {string} text */
const lines = (text) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)

/** A machine has no person, so it has only scopes of apps: their names have a dot. @param {string} kind @param {string} scope */
const isPossible = (kind, scope) => kind !== 'machine' || scope.includes('.')

/** The fields of a client, those that its kind has. @param {{form: any, all: import('./clients.js').Clients}} props */
export function ClientFields({ form, all }) {
  const { kind, scopes } = form.values
  const possible = all.scopes
    .filter(({ name }) => isPossible(kind, name))
    .map(({ name, text }) => ({ name, title: text }))
  return (
    <>
      <Field
        label={t`Name`}
        required
        maxLength={MOST_CHARACTERS.name}
        autoComplete="off"
        help={t`People see it when they allow the client to sign them in.`}
        {...form.field('name')}
      />
      <Field
        label={t`Address`}
        type="url"
        maxLength={MOST_CHARACTERS.address}
        autoComplete="off"
        {...form.field('address')}
      />
      {kind !== 'machine' && <Uris form={form} />}
      {possible.length > 0 && (
        <CheckList
          label={kind === 'machine' ? t`What it may do` : t`What it may ask people for`}
          options={possible}
          {...form.control('scopes')}
        />
      )}
      {kind !== 'machine' && (
        <>
          {scopes.includes(ROLES) && all.details.length > 0 && (
            <CheckList
              label={t`Details of roles that it gets`}
              options={all.details}
              {...form.control('details')}
            />
          )}
          <CheckList
            label={t`Who may use it`}
            help={t`Without a choice, everybody with an account.`}
            options={all.roles}
            {...form.control('roles')}
          />
          {all.rings.length > 0 && (
            <CheckList
              label={t`From which networks`}
              help={t`Without a choice, from everywhere.`}
              options={all.rings}
              {...form.control('rings')}
            />
          )}
          <label className="client-choice">
            <input type="checkbox" {...form.checkbox('trusted')} />
            <span>
              {t`Trusted`}
              <span className="help">{t`People are not asked for consent. Only for sites of the institute.`}</span>
            </span>
          </label>
        </>
      )}
    </>
  )
}

/** @param {{form: any}} props */
function Uris({ form }) {
  const rule =
    form.values.kind === 'native'
      ? t`One a line. https://, or http://127.0.0.1 and http://[::1] with any port.`
      : t`One a line, character by character as the site sends it. It starts with https://.`
  const shared = { multiline: true, rows: 2, spellCheck: false, autoComplete: 'off', autoCapitalize: 'none' }
  return (
    <>
      <Field
        {...shared}
        label={t`Redirect URIs`}
        required={form.values.kind === 'web'}
        help={rule}
        {...form.field('redirect_uris')}
      />
      <Field
        {...shared}
        label={t`Redirect URIs after signing out`}
        help={t`One a line. Where people may return to after they have signed out of the portal.`}
        {...form.field('post_logout_redirect_uris')}
      />
    </>
  )
}
