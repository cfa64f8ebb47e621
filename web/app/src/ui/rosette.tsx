// A rosette such as is engraved on bonds and banknotes: some turns of a curve, drawn once.
const STEPS = 720;

/** A closed curve around the middle, whose distance from it swings `lobes` times. */
function curve(radius: number, swing: number, lobes: number, phase: number): string {
  const points = Array.from({ length: STEPS + 1 }, (_, step) => {
    const angle = (step / STEPS) * 2 * Math.PI;
    const distance = radius + swing * Math.cos(lobes * angle + phase);
    return `${(distance * Math.cos(angle)).toFixed(1)} ${(distance * Math.sin(angle)).toFixed(1)}`;
  });
  return `M${points.join("L")}Z`;
}

const RINGS: [radius: number, swing: number, lobes: number, turns: number][] = [
  [376, 20, 48, 4],
  [312, 46, 24, 8],
  [222, 46, 18, 8],
  [134, 44, 12, 8],
  [58, 32, 8, 6],
];

const PATHS = RINGS.flatMap(([radius, swing, lobes, turns]) =>
  Array.from({ length: turns }, (_, turn) => curve(radius, swing, lobes, (turn / turns) * 2 * Math.PI)),
);

export function Rosette() {
  return (
    <svg className="rosette" viewBox="-400 -400 800 800" aria-hidden="true" fill="none" stroke="currentColor" strokeWidth="0.55">
      {PATHS.map((path) => (
        <path key={path.slice(0, 24)} d={path} />
      ))}
    </svg>
  );
}
