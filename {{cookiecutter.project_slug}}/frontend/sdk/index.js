// The module `@portal/sdk`. Pages import their libraries from here, components from `@portal/ui` and translated texts from
// `@portal/i18n`. The vendor file contains exactly this list (see pin.js). Its name stays the same whatever an app imports from here, so
// browsers keep their copy.
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
export { portalQuery, useApp, usePortal } from './portal.js'
export { useSocket } from './socket.js'
