import { DARK, LIGHT, toProperties } from "../../display/palette.ts";

/** The heights of the parts of a bar, in steps of 4 %: `m` is the missed part, `p` the paused part. */
const HEIGHTS = Array.from({ length: 24 }, (_, n) => n + 2)
  .map((n) => `.m${n}{--m:${n * 4}%}.p${n}{--p:${n * 4}%}`)
  .join("");

/** A printed page has the light colors, whatever the browser prefers. */
export const STYLE = `
:root{color-scheme:light;${toProperties(LIGHT)}}
@media screen and (prefers-color-scheme:dark){:root{color-scheme:dark;${toProperties(DARK)}}}
*{box-sizing:border-box;margin:0;padding:0}
body{
--state:var(--grey);
min-height:100vh;display:flex;flex-direction:column;
padding:clamp(.875rem,2.5vw,1.75rem) max(clamp(1rem,5vw,4rem),50vw - 36rem);
font:1rem/1.45 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;
font-variant-numeric:tabular-nums;
color:var(--ink);background:var(--paper);border-top:.375rem solid var(--state);overflow-wrap:anywhere;
print-color-adjust:exact;-webkit-print-color-adjust:exact;
}
.up{--state:var(--green)}
.late{--state:var(--amber)}
.down{--state:var(--red)}
.paused{--state:var(--blue)}
header,footer,.axis,.heading{display:flex;flex-wrap:wrap;justify-content:space-between;gap:.25rem 1.5rem}
header,footer,.axis,dt,dd+dd,.rules{color:var(--soft);font-size:.875rem}
header b{color:var(--ink);font-size:1rem;letter-spacing:-.01em}
.stage{margin-left:.375rem;padding:.0625rem .5rem;border:1px solid var(--line);border-radius:1rem}
main{flex:1}
main>*+*{margin-top:clamp(1.5rem,3vw,2.25rem)}
h1{
color:var(--state);font-size:min(clamp(4rem,9vw,7.5rem),19vw);line-height:1.1;font-weight:700;letter-spacing:-.05em;
margin:0 0 .08em -.04em;
}
.top{display:grid;gap:1rem 3rem;margin-top:clamp(.5rem,2.5vw,1.5rem);align-items:end}
#said{font-size:clamp(1.125rem,2vw,1.375rem);line-height:1.3;letter-spacing:-.01em}
#since{margin-top:.25rem;color:var(--soft);min-height:1.45em}
.pulse{position:relative}
.pulse .axis{margin-top:.75rem}
svg{display:block;mask-image:linear-gradient(90deg,#000b,#000 60%);width:100%;height:clamp(4rem,8vw,6rem);overflow:visible}
path{fill:none;stroke-width:2;stroke-linejoin:round;vector-effect:non-scaling-stroke}
.beats{stroke:var(--green)}
.gaps{stroke:var(--red);stroke-width:4}
.covered{stroke:var(--blue);stroke-width:4}
.quiet{stroke:var(--soft);stroke-dasharray:1 5}
.pulse i{position:absolute;right:-.375rem;top:calc(clamp(4rem,8vw,6rem)*.625 - .375rem);width:.75rem;height:.75rem;border-radius:50%;background:var(--state);box-shadow:0 0 0 .25rem var(--paper);forced-color-adjust:none}
.pulse i::after{content:"";position:absolute;inset:0;border-radius:50%;border:2px solid var(--state);opacity:0}
.up .pulse i::after{animation:beat 2s ease-out infinite}
@keyframes beat{0%{transform:none;opacity:.8}70%,to{transform:scale(2.5);opacity:0}}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(max(min(9.5rem,100%),40%),1fr));gap:.75rem 1.5rem}
.facts div{padding-top:.5rem;border-top:1px solid var(--line)}
.facts dd:nth-child(2){font-size:clamp(1.25rem,2.2vw,1.5rem);line-height:1.25;font-weight:600;letter-spacing:-.02em}
h2{font-size:1.0625rem;font-weight:600;letter-spacing:-.01em;margin-bottom:.5rem}
.heading{align-items:baseline}
.heading p{font-weight:600}
.heading span{color:var(--soft);font-size:.875rem;font-weight:400}
.charts{display:grid;grid-template-columns:minmax(0,1fr);gap:1.5rem 3rem}
.charts+.key{margin-top:.75rem}
.axis{margin-top:.375rem}
.bars{display:grid;grid-auto-flow:column;grid-auto-columns:minmax(0,1fr);height:3.5rem;list-style:none}
.bars li{position:relative;background:linear-gradient(var(--red) var(--m,0%),var(--blue) 0,var(--blue) calc(var(--m,0%) + var(--p,0%)),var(--counted) 0);border:solid var(--paper);border-width:0 1px 0 0;forced-color-adjust:none}
.bars .n{background:var(--line)}
.bars a{display:block;height:100%;color:inherit;text-decoration:none}
.bars i{
position:absolute;z-index:2;top:calc(100% + .3rem);width:max-content;max-width:min(20rem,58vw);padding:.25rem .5rem;
font-style:normal;font-size:.875rem;color:var(--paper);background:var(--ink);border-radius:.25rem;clip-path:inset(50%);pointer-events:none;
}
.bars li i{left:50%;transform:translateX(-50%)}
.hours li:nth-child(-n+8) i,.days li:nth-child(-n+30) i{left:0;transform:none}
.hours li:nth-last-child(-n+8) i,.days li:nth-last-child(-n+30) i{left:auto;right:0;transform:none}
.bars :hover>i,.bars :focus>i{clip-path:none}
.bars a:hover{background:linear-gradient(#fff5,#fff5)}
:focus-visible{outline:3px solid var(--ink);outline-offset:2px;z-index:1}
.bars a:focus-visible{position:relative;outline-offset:0}
.key{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;color:var(--soft);font-size:.875rem}
.key span::before{content:"";display:inline-block;width:.75rem;height:.75rem;margin-right:.4rem;border-radius:2px;background:var(--key);forced-color-adjust:none}
.key .beats{--key:var(--counted)}
.key .gaps{--key:var(--red)}
.key .covered{--key:var(--blue)}
.key .none{--key:var(--line)}
.uptimes{display:flex;flex-wrap:wrap;gap:.75rem 1rem}
.uptime{flex:1 1 18rem;display:grid;grid-template-columns:repeat(auto-fit,minmax(min(5.25rem,100%),1fr));gap:.75rem 1rem}
.uptime dd{font-size:1.125rem;font-weight:600;letter-spacing:-.02em}
.list{list-style:none}
.list li{display:flex;flex-wrap:wrap;justify-content:space-between;gap:0 1rem;padding:.5rem 0;border-bottom:1px solid var(--line)}
.missed a+span{color:var(--red)}
footer{margin-top:1.75rem;padding-top:1rem;border-top:1px solid var(--line)}
nav{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem}
a{color:inherit;text-underline-offset:.2em}
.unknown :is(svg,.bars){filter:grayscale(1)}
@media(max-width:32em){.days li{border-width:0}}
@media(min-width:42em) and (max-width:59.99em){.facts{grid-template-columns:repeat(4,1fr)}}
@media(min-width:60em){
.top{grid-template-columns:minmax(0,5fr) minmax(0,4fr)}
.charts{grid-template-columns:minmax(0,24fr) minmax(0,45fr)}
}
@media print{body{min-height:0;padding:0}nav,.pulse i{display:none}.bars,li,dl{break-inside:avoid}}
@media(prefers-reduced-motion:reduce){*,::after{animation:none!important}}
${HEIGHTS}
`.replace(/\s*\n\s*/g, "");
