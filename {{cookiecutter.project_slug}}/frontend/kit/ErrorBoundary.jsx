import { Component } from 'react'

/**
 * Catches errors of the components inside it, and renders `fallback(error, retry)` in their place. `retry()` renders the components again;
 * `onRetry` is called before that.
 * @extends {Component<{fallback: (error: any, retry: () => void) => import('react').ReactNode, onRetry?: () => void, children?: import('react').ReactNode}, {error: any, failed: boolean}>}
 */
export class ErrorBoundary extends Component {
  state = { failed: false, error: null }

  static getDerivedStateFromError(error) {
    return { failed: true, error }
  }

  retry = () => {
    this.props.onRetry?.()
    this.setState({ failed: false, error: null })
  }

  render() {
    return this.state.failed ? this.props.fallback(this.state.error, this.retry) : this.props.children
  }
}
