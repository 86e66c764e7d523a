import { Icon, Row, Rows } from '@portal/ui'
import { describeRoles } from './entries.js'

/**
 * People as rows, in as many columns as fit. A name is shown in full; the line below it is cut.
 * @param {{people: import('./entries.js').Entry[], to?: (entry: import('./entries.js').Entry) => string, state?: any}
 *   & import('react').ComponentProps<'ul'>} props `state` is the state that the links pass on
 */
export function PeopleRows({ people, to = ({ id }) => `/people/${id}`, state, ...rest }) {
  return (
    <Rows {...rest} className="people">
      {people.map((entry) => (
        <Row
          key={entry.id}
          to={to(entry)}
          state={state}
          avatar={entry}
          title={entry.display_name}
          detail={describeRoles(entry.roles)}
          end={<Icon name="right" />}
        />
      ))}
    </Rows>
  )
}
