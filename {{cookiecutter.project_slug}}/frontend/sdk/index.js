// All that an app's page may import, besides `@portal/ui` and `@portal/i18n`. The vendor file holds exactly this list (see pin.js), so
// that its name, and with it every browser's copy, stays the same whatever an app imports from here.
export {
  Fragment,
  Suspense,
  createContext,
  memo,
  use,
  useActionState,
  useCallback,
  useContext,
  useDeferredValue,
  useEffect,
  useId,
  useLayoutEffect,
  useMemo,
  useOptimistic,
  useReducer,
  useRef,
  useState,
  useSyncExternalStore,
  useTransition,
} from 'react'
export { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
export {
  Link,
  NavLink,
  Navigate,
  Route,
  Routes,
  useLocation,
  useNavigate,
  useParams,
  useSearchParams,
} from 'react-router'
export { i18n } from '@lingui/core'
export { Trans as TransRuntime, useLingui } from '@lingui/react'
export { signInPath } from './paths.js'
export { ApiError, api } from './api.js'
export { useList } from './list.js'
export { useApp, usePortal } from './portal.js'
export { useSocket } from './socket.js'
