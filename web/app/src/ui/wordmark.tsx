/** The name, beside a key plate. */
export function Wordmark() {
  return (
    <span className="wordmark">
      <svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
        <circle cx="16" cy="16" r="14.5" fill="none" stroke="currentColor" strokeWidth="1.5" />
        <circle cx="16" cy="16" r="11" fill="none" stroke="currentColor" strokeWidth="0.75" />
        <path d="M16 10.2a3.1 3.1 0 0 0-1.6 5.75L13.2 22h5.6l-1.2-6.05A3.1 3.1 0 0 0 16 10.2Z" fill="currentColor" />
      </svg>
      <span>Strongroom</span>
    </span>
  );
}
