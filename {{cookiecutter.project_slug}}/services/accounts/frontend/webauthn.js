// Passkeys in the browser. allauth's API and the browser's differ in one thing: JSON has no bytes, so they are base64url there.
import { t } from '@portal/i18n'
import { ValidationFailed } from './allauth.js'

/**
 * Return whether passkeys work in this browser and at the portal's host.
 * @param {any} config the portal's sign-in configuration
 */
export const hasPasskeys = (config) => Boolean(config?.portal?.passkeys && window.PublicKeyCredential)

/**
 * Ask the device to make a passkey.
 * @param {any} options `creation_options` of allauth's answer
 * @returns {Promise<object>} the credential to send to allauth
 * @throws {ValidationFailed} when the person or the device does not want to
 */
export async function createPasskey({ publicKey: options }) {
  const publicKey = {
    ...options,
    challenge: decode(options.challenge),
    user: { ...options.user, id: decode(options.user.id) },
    excludeCredentials: withBytes(options.excludeCredentials),
  }
  const { response, ...credential } = await callBrowser(() => navigator.credentials.create({ publicKey }))
  return {
    ...credential,
    response: {
      clientDataJSON: encode(response.clientDataJSON),
      attestationObject: encode(response.attestationObject),
      transports: response.getTransports?.() ?? [],
    },
  }
}

/**
 * Ask the device to prove that it has a passkey.
 * @param {any} options `request_options` of allauth's answer
 * @returns {Promise<object>} the credential to send to allauth
 * @throws {ValidationFailed} when the person or the device does not want to
 */
export async function provePasskey({ publicKey: options }) {
  const publicKey = {
    ...options,
    challenge: decode(options.challenge),
    allowCredentials: withBytes(options.allowCredentials),
  }
  const { response, ...credential } = await callBrowser(() => navigator.credentials.get({ publicKey }))
  return {
    ...credential,
    response: {
      clientDataJSON: encode(response.clientDataJSON),
      authenticatorData: encode(response.authenticatorData),
      signature: encode(response.signature),
      userHandle: response.userHandle ? encode(response.userHandle) : null,
    },
  }
}

/** Call the browser, and return the members of the credential that JSON can hold, and its response. */
async function callBrowser(call) {
  let credential
  try {
    credential = await call()
  } catch (error) {
    throw new ValidationFailed([{ code: 'passkey', message: explain(error) }])
  }
  const id = encode(credential.rawId)
  return {
    id,
    rawId: id,
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: credential.response,
  }
}

/** @param {any} error of the browser, which names its kind and says little more */
function explain(error) {
  if (error?.name === 'InvalidStateError') return t`This device already has a passkey for your account.`
  if (error?.name === 'NotAllowedError') return t`The passkey was not used. Try again, or choose another way.`
  return t`This device can't use passkeys here. Choose another way.`
}

const withBytes = (credentials) => credentials?.map((one) => ({ ...one, id: decode(one.id) }))

/** @param {string} text base64url */
export function decode(text) {
  const binary = atob(text.replace(/-/g, '+').replace(/_/g, '/'))
  return Uint8Array.from(binary, (character) => character.charCodeAt(0))
}

/** @param {ArrayBuffer} buffer @returns {string} base64url */
export function encode(buffer) {
  const binary = String.fromCharCode(...new Uint8Array(buffer))
  return btoa(binary).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')
}
