/* SPDX-License-Identifier: Apache-2.0 */
/*
 * main - says its version; the only file that exits.
 */
#include <stdio.h>

int
main(void)
{
	printf("straymail %s\n", STRAYMAIL_VERSION);
	return 0;
}
