/**
 * An XMLHttpRequest for tests, which `upload()` uses: it sends its requests with `fetch()`, so `mockApi()` answers them.
 */
export class MockRequest {
  upload = /** @type {{onprogress?: (event: object) => void}} */ ({})
  headers = {}
  isAborted = false
  onload = () => {}
  onloadend = () => {}
  onabort = () => {}

  open(method, path) {
    Object.assign(this, { method, path })
  }

  setRequestHeader(name, value) {
    this.headers[name] = value
  }

  getResponseHeader(name) {
    return this.answer.headers.get(name)
  }

  async send(body) {
    const { method, path, headers } = /** @type {any} */ (this)
    this.answer = await fetch(path, { method, headers, body })
    this.status = this.answer.status
    this.responseText = await this.answer.text()
    if (this.isAborted) return
    this.upload.onprogress?.({ loaded: 1, total: 1 })
    this.onload()
    this.onloadend()
  }

  abort() {
    this.isAborted = true
    this.onabort()
    this.onloadend()
  }
}
