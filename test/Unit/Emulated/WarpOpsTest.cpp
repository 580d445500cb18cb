#include "EmulatedTest.h"
