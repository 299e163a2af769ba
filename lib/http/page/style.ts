/** Each state has a color of its own, dark enough on light, and light enough on dark, to be read as text. */
export const STYLE = `
:root{
color-scheme:light dark;
--paper:#fbfaf6;--ink:#17211c;--soft:#56625b;--line:#dcded6;
--green:#0a7648;--amber:#8f5600;--red:#bd2130;--blue:#3a55a4;--grey:#55616b;
--low:#a56a10;
}
@media(prefers-color-scheme:dark){:root{
--paper:#0c1210;--ink:#edf3ee;--soft:#9daaa2;--line:#26302b;
--green:#45d897;--amber:#f7b64c;--red:#ff7a75;--blue:#9fb4ff;--grey:#a6b3bd;
--low:#f0ad45;
}}
*{box-sizing:border-box;margin:0;padding:0}
body{
--state:var(--grey);
min-height:100vh;display:flex;flex-direction:column;
padding:clamp(1.25rem,4vw,3rem) max(clamp(1.25rem,5vw,4rem),50vw - 34rem);
font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;
font-variant-numeric:tabular-nums;
color:var(--ink);background:var(--paper);border-top:.375rem solid var(--state);overflow-wrap:anywhere;
}
.up{--state:var(--green)}
.late{--state:var(--amber)}
.down{--state:var(--red)}
.paused{--state:var(--blue)}
header,footer,figcaption{display:flex;flex-wrap:wrap;justify-content:space-between;gap:.25rem 1.5rem}
header,footer,figcaption,dt,dd+dd,.rules,#since{color:var(--soft);font-size:.9375rem}
header b{color:var(--ink);letter-spacing:-.01em}
main{flex:1}
h1{
color:var(--state);font-size:clamp(4.5rem,19vw,11rem);line-height:.95;font-weight:700;letter-spacing:-.055em;
margin:clamp(2.5rem,8vw,5.5rem) 0 1.25rem -.04em;
}
.unknown h1,.paused h1{font-size:clamp(3.75rem,15vw,9rem)}
.state p{font-size:clamp(1.25rem,3vw,1.75rem);line-height:1.3;letter-spacing:-.01em}
#since{font-size:1rem;letter-spacing:0;margin-top:.5rem;min-height:1.5em}
.pulse{position:relative;margin:clamp(1.5rem,5vw,3rem) 0 clamp(2.5rem,6vw,4rem)}
svg{display:block;mask-image:linear-gradient(90deg,#000b,#000 60%);width:100%;height:clamp(7rem,18vw,11rem);overflow:visible}
path{fill:none;stroke-width:2;stroke-linejoin:round;vector-effect:non-scaling-stroke}
.beats{stroke:var(--green)}
.gaps{stroke:var(--red);stroke-width:4}
.quiet{stroke:var(--soft);stroke-dasharray:1 5}
.pulse i{position:absolute;right:-.375rem;top:calc(clamp(7rem,18vw,11rem)*.56 - .375rem);width:.75rem;height:.75rem;border-radius:50%;background:var(--state);box-shadow:0 0 0 .25rem var(--paper)}
.pulse i::after{content:"";position:absolute;inset:0;border-radius:50%;border:2px solid var(--state);opacity:0}
.up .pulse i::after{animation:beat 2s ease-out infinite}
@keyframes beat{0%{transform:none;opacity:.8}70%,to{transform:scale(3);opacity:0}}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(13rem,1fr));border:solid var(--line);border-width:1px 0}
.facts div{padding:clamp(.75rem,2.5vw,1.5rem) 1rem;padding-left:0}
.facts dd:nth-child(2){font-size:clamp(1.875rem,3vw,2.25rem);line-height:1.3;font-weight:600;letter-spacing:-.03em}
main>section+figure~section{margin-top:clamp(2.5rem,6vw,4rem)}
h2{font-size:1.125rem;font-weight:600;letter-spacing:-.01em;margin-bottom:.75rem}
.bars{position:relative;display:flex;align-items:flex-end;gap:clamp(1px,.35vw,4px);height:4.5rem;list-style:none}
.bars li{flex:1;min-width:0;border-radius:2px;background:var(--low);forced-color-adjust:none}
.bars i{font-style:normal;position:absolute;right:0;bottom:calc(100% + .7rem);padding-left:.5rem;color:var(--ink);background:var(--paper);font-size:.9375rem;clip-path:inset(50%);pointer-events:none}
.bars li:hover i,.bars li:focus i{clip-path:none;z-index:1}
.bars li:hover,.bars li:focus{background-image:linear-gradient(#fff5,#fff5)}
.bars .bn{height:3px;background:var(--line)}
.bars :is(.b0,.b1,.b2,.b3,.b4){background:var(--red)}
.b0{height:8%}.b1{height:16%}.b2{height:24%}.b3{height:32%}.b4{height:42%}.b5{height:52%}.b6{height:62%}.b7{height:72%}.b8{height:82%}.b9{height:90%}
.bars .b10{height:100%;background:var(--green)}
:focus-visible{outline:3px solid var(--ink);outline-offset:2px}
.uptime{display:grid;grid-template-columns:repeat(auto-fit,minmax(7rem,1fr));gap:1rem}
.uptime dd{font-size:1.25rem;font-weight:600;letter-spacing:-.02em}
.missed{list-style:none}
.missed li{display:flex;flex-wrap:wrap;justify-content:space-between;gap:0 1rem;padding:.5rem 0;border-bottom:1px solid var(--line)}
.missed span+span{color:var(--red)}
.rules{margin:clamp(2.5rem,6vw,4rem) 0 1.5rem}
footer{padding-top:1.5rem;border-top:1px solid var(--line)}
nav{display:flex;gap:1.25rem}
a{color:inherit;text-underline-offset:.2em}
.unknown :is(svg,.bars){filter:grayscale(1)}
@media(max-width:30rem){.bars i{min-width:100%;text-align:right}}
@media(prefers-reduced-motion:reduce){*,::after{animation:none!important}}
`.replace(/\s*\n\s*/g, "");
