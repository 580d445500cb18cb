#!/bin/sh
# has.sh PIGEON-OPT WORD FILE: ends with 1, "interesting", if the module is valid and
# its text has the word.
! "$1" "$3" 2>/dev/null | grep -q "$2"
