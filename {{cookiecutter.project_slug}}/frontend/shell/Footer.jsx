import { t } from '@portal/i18n'

/** The bar below every page, which names the institute and the site. @param {{portal?: import('../sdk/portal.js').Portal}} props */
export function Footer({ portal }) {
  return (
    <footer className="footer">
      {portal && (
        <>
          {portal.institute.url ? (
            <a href={portal.institute.url}>{portal.institute.name}</a>
          ) : (
            <span>{portal.institute.name}</span>
          )}
          <span className="site">{portal.site === 'intranet' ? t`Campus network` : t`Internet`}</span>
        </>
      )}
    </footer>
  )
}
