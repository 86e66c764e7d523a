import { Link, usePortal } from '@portal/sdk'

const ELEMENTS = {
  paragraph: 'p',
  quote: 'blockquote',
  item: 'li',
  strong: 'strong',
  emphasis: 'em',
  code: 'code',
  break: 'br',
  rule: 'hr',
}

/**
 * Show the tree that the server makes of Markdown (services/announcements/markdown.py), as elements. No HTML is in it.
 * @param {{nodes: import('./requests.js').Node[]}} props
 */
export function MarkdownTree({ nodes }) {
  return nodes.map((node, index) => <Element key={index} node={node} />)
}

/** @param {{node: import('./requests.js').Node}} props */
function Element({ node }) {
  const { type, text, children } = node
  const inner = children && <MarkdownTree nodes={children} />
  if (type === 'text') return text
  if (type === 'link') return <TreeLink href={node.href}>{inner}</TreeLink>
  if (type === 'code_block') {
    return (
      <pre tabIndex={0}>
        <code>{text}</code>
      </pre>
    )
  }
  if (type === 'list') return node.ordered ? <ol start={node.start}>{inner}</ol> : <ul>{inner}</ul>
  const Name = /** @type {any} */ (type === 'heading' ? `h${node.level}` : ELEMENTS[type])
  if (!Name) return inner ?? null
  return <Name>{inner ?? text}</Name>
}

/**
 * A link: to a page of the portal without loading it anew, and to anything else as browsers do.
 * @param {{href: string, children: import('react').ReactNode}} props
 */
function TreeLink({ href, children }) {
  const { apps } = usePortal()
  const first = href.startsWith('/') ? href.split(/[/?#]/)[1] : null
  const isPage = first === '' || apps.some(({ name }) => name === first)
  if (isPage) return <Link to={href}>{children}</Link>
  return (
    <a href={href} rel="noopener noreferrer">
      {children}
    </a>
  )
}
