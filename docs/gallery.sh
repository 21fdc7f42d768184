#!/usr/bin/env bash
# Draws docs/pictures again: `make gallery`. Slides need LibreOffice and pdftoppm, the page a Chromium; where they are missing, the
# old pictures of them stay.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
podrace() { "${BIN:-.venv/bin}/podrace" "$@" >/dev/null 2>&1; }
to=docs/pictures
made=outputs/gallery

podrace run baseline --members 1000 --out $made
podrace compare baseline no_controls_2022 chips_for_share hbm_gap --members 1000 --out $made-compare
podrace explain baseline --year 2028 --side china --members 1000 --out $made-explain
podrace figures $made --style dark --format svg --only fleet --out $made-dark
podrace figures $made --style print --format svg --only power --out $made-print
podrace figures $made --lang ko --format svg --only cluster --out $made-ko
cp $made/figures/*.png $to/
for name in chain differences fleet_gap levers; do cp $made-compare/figures/$name.svg $to/compare_$name.svg; done
cp $made-explain/figures/what_changed.svg $to/explain.svg
cp $made-dark/fleet.svg $to/fleet_dark.svg
cp $made-print/power.svg $to/power_print.svg
cp $made-ko/cluster.svg $to/cluster_ko.svg

podrace hardware check --plot $to/hardware_parity.png || true # exits 1 where a case is out of reach
podrace hardware thesis --figures outputs/thesis
cp outputs/thesis/*.png $to/

if command -v soffice >/dev/null && command -v pdftoppm >/dev/null; then
    podrace deck $made
    podrace deck $made --lang ko --out $made/deck_ko.pptx
    soffice --headless --convert-to pdf --outdir $made $made/deck.pptx $made/deck_ko.pptx >/dev/null
    pdftoppm -r 72 -png -f 3 -l 3 -singlefile $made/deck.pdf $to/deck_answer
    pdftoppm -r 72 -png -f 7 -l 7 -singlefile $made/deck_ko.pdf $to/deck_binding_ko
fi

browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
if [ -n "$browser" ]; then
    podrace report $made
    "$browser" --headless --no-sandbox --disable-gpu --hide-scrollbars --virtual-time-budget=10000 --window-size=1280,1360 \
        --screenshot=$to/page.png "file://$PWD/$made/report.html" 2>/dev/null
fi
echo "$to: $(ls $to/*.png $to/*.svg | wc -l) pictures"
