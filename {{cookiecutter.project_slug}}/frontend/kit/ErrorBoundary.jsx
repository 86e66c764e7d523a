import { Component } from 'react'

/**
 * Keeps an error inside it from taking down what is around it.
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
