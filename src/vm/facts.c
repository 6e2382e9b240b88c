#include "vm/facts.h"
